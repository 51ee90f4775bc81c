//! Engines without business: nothing here knows of people, organizations or sites.

pub mod config;
pub mod fetch;
pub mod hash;
pub mod jobs;
pub mod mail;
pub mod once;
pub mod serve;
pub mod store;
pub mod telemetry;
pub mod throttle;
pub mod web;
pub mod words;
