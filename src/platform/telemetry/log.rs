//! The log: one event is one line, whatever it holds.

use std::{fmt, io, str::FromStr};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
};

use super::clean::Clean;
use crate::kernel::{Doing, Fault};

/// What is logged when `CONNEX_LOG` does not say.
const DEFAULT_FILTER: &str = "info";

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For machines: an object with `at`, `level`, `target`, `message` and the fields of the
    /// event and of its request.
    Json,
    /// For people.
    Text,
}

/// Sends everything that is logged to standard error, for the rest of the process.
///
/// `filter` is the value of `CONNEX_LOG`, such as `info` or `connex=debug,sqlx=warn`.
///
/// # Errors
/// When the filter is not one, or when this was called before.
pub fn start(format: Format, filter: Option<&str>) -> Result<(), Fault> {
    let subscriber = subscriber(format, filter, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).doing("start the log a second time")
}

/// A subscriber that writes to `writer`, for tests that read the log.
///
/// # Errors
/// When the filter is not one.
pub fn subscriber<W>(
    format: Format,
    filter: Option<&str>,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, Fault>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::from_str(filter.unwrap_or(DEFAULT_FILTER)).doing("understand the filter in CONNEX_LOG")?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .fmt_fields(Fields(format))
        .event_format(Line(format))
        .with_writer(writer);
    Ok(tracing_subscriber::registry().with(filter).with(lines))
}

/// Writes an event with the fields of the spans around it.
struct Line(Format);

impl<S> FormatEvent<S, Fields> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Fields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let (level, target) = (event.metadata().level(), event.metadata().target());
        match self.0 {
            Format::Json => {
                writer.write_str("{\"at\":\"")?;
                SystemTime.format_time(&mut writer)?;
                write!(writer, "\",\"level\":\"{level}\",\"target\":\"{target}\"")?;
            }
            Format::Text => {
                SystemTime.format_time(&mut writer)?;
                let space = if *level == Level::INFO || *level == Level::WARN { " " } else { "" };
                write!(writer, " {space}{level} {target}:")?;
            }
        }
        context.format_fields(writer.by_ref(), event)?;
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<Fields>>() {
                writer.write_str(&fields.fields)?;
            }
        }
        writer.write_str(if self.0 == Format::Json { "}\n" } else { "\n" })
    }
}

/// Writes fields so that they can follow others: `,"name":"value"` or ` name="value"`.
struct Fields(Format);

impl<'writer> FormatFields<'writer> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut pen = Pen { format: self.0, writer, outcome: Ok(()) };
        fields.record(&mut pen);
        pen.outcome
    }
}

/// Visits fields one by one and keeps the first error, for visiting cannot fail.
struct Pen<'writer> {
    format: Format,
    writer: Writer<'writer>,
    outcome: fmt::Result,
}

impl Pen<'_> {
    fn text(&mut self, field: &Field, value: impl fmt::Display) {
        let clean = Clean::of(value);
        // A message needs no name and no quotation marks where people read it.
        if self.format == Format::Text && field.name() == "message" {
            return self.put(|writer| write!(writer, " {clean}"));
        }
        let quoted = serde_json::Value::from(clean);
        self.plain(field, quoted);
    }

    fn plain(&mut self, field: &Field, value: impl fmt::Display) {
        let format = self.format;
        self.put(|writer| match format {
            Format::Json => write!(writer, ",\"{}\":{value}", field.name()),
            Format::Text => write!(writer, " {}={value}", field.name()),
        });
    }

    fn put(&mut self, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.outcome.is_ok() {
            self.outcome = write(&mut self.writer);
        }
    }
}

impl Visit for Pen<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON knows no infinity: such a value becomes `null`.
        self.plain(field, serde_json::Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, act: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = subscriber(format, Some("debug"), move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, act);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    const RUDE: &str = "eve\"\r\n{\"level\":\"ERROR\"}\u{1b}[2J\u{202e}\\";

    fn event() {
        let span = tracing::info_span!("request", reference = "7K3F-Q9TD", late = tracing::field::Empty);
        let _entered = span.enter();
        span.record("late", RUDE);
        let long = "x".repeat(100 << 10);
        tracing::warn!(client = RUDE, agent = %long, name = ?Some(RUDE), tries = 3, share = 0.5, ok = true, "odd {RUDE}");
    }

    #[test]
    fn an_event_is_one_json_object_on_one_line() {
        let text = logged(Format::Json, event);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']) && text.len() < 3000, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["reference"], "7K3F-Q9TD");
        assert_eq!(line["client"], "eve\"\\r\\n{\"level\":\"ERROR\"}\\u{1b}[2J\\u{202e}\\");
        assert_eq!((&line["late"], &line["tries"], &line["ok"]), (&line["client"], &3.into(), &true.into()));
        assert!(line["message"].as_str().unwrap().starts_with("odd eve"));
        assert_eq!(line["agent"].as_str().unwrap().chars().count(), 1025);
    }

    #[test]
    fn an_event_is_one_line_for_people() {
        let text = logged(Format::Text, event);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("  WARN connex::platform::telemetry::log::tests: odd eve"), "{text}");
        assert!(text.contains(" tries=3 ") && text.contains(" reference=\"7K3F-Q9TD\""), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text}");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        assert!(subscriber(Format::Json, Some("connex=loud"), io::sink).is_err());
    }
}
