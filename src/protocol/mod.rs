//! The grammar of the standards we speak: bytes in, types out. Pure: no clock, no chance, no I/O.
