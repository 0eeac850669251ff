//! Where commands print: results on standard output, problems and progress on standard error.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, BufWriter, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::failure::{Exit, Failure};
use crate::diagnostics::{Code, Diagnostics};
use crate::problem::Problem;

/// Colours, by what they say.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Something a person may want to look at.
pub const NOTABLE: Style = AnsiColor::Yellow.on_default();
/// Something is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Headings.
pub const STRONG: Style = Style::new().bold();
/// Less important.
pub const FAINT: Style = Style::new().dimmed();

/// What a reader that went away means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhenClosed {
    Stop,
    GoOn,
}

/// Where commands print.
#[derive(Debug)]
pub struct Console {
    color: bool,
    quiet: bool,
    out: BufWriter<io::Stdout>,
    when_closed: WhenClosed,
    error_color: bool,
}

impl Console {
    /// A console on the process's standard streams.
    #[must_use]
    pub fn new(choice: ColorChoice, quiet: bool) -> Self {
        let decide = |automatic: ColorChoice| match choice {
            ColorChoice::Auto => automatic != ColorChoice::Never,
            chosen => chosen != ColorChoice::Never,
        };
        Self {
            color: decide(AutoStream::choice(&io::stdout())),
            quiet,
            out: BufWriter::new(io::stdout()),
            when_closed: WhenClosed::Stop,
            error_color: decide(AutoStream::choice(&io::stderr())),
        }
    }

    /// From now on a reader that went away stops nothing: what the command does to files is what
    /// was asked for, not what it says about it.
    pub fn outlive_reader(&mut self) {
        self.when_closed = WhenClosed::GoOn;
    }

    /// Whether reports are wanted.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A text in a style, or as it is without colours.
    #[must_use]
    pub fn paint(&self, style: Style, text: impl Display) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    /// Prints a line of the result.
    pub fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        self.print(format_args!("{text}\n"))
    }

    /// Prints a line of a report, which `--quiet` leaves out.
    pub fn report(&mut self, text: impl Display) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.line(text) }
    }

    /// Prints a part of the result as it is.
    pub fn print(&mut self, text: impl Display) -> Result<(), Failure> {
        let printed = write!(self.out, "{text}");
        self.said(printed)
    }

    /// Hands over what was printed so far.
    pub fn flush(&mut self) -> Result<(), Failure> {
        let flushed = self.out.flush();
        self.said(flushed)
    }

    /// A reader that went away is not an error; anything else on standard output is.
    fn said(&self, result: io::Result<()>) -> Result<(), Failure> {
        let Err(error) = result else {
            return Ok(());
        };
        match (error.kind(), self.when_closed) {
            (io::ErrorKind::BrokenPipe, WhenClosed::GoOn) => Ok(()),
            (io::ErrorKind::BrokenPipe, WhenClosed::Stop) => Err(Failure::OutputClosed),
            _ => Err(Failure::new(Code::System, "cannot write to standard output").because(error)),
        }
    }

    /// Says on standard error what takes so long. Nobody needs it in a log file.
    pub fn progress(&mut self, text: impl Display) -> Result<(), Failure> {
        self.flush()?;
        if !self.quiet {
            let faint = if self.error_color {
                FAINT
            } else {
                Style::new()
            };
            // A closed standard error must not stop the work.
            let _ = writeln!(io::stderr(), "{faint}{text}{faint:#}");
        }
        Ok(())
    }

    /// Warns on standard error, also when reports are not wanted.
    pub fn warning(&mut self, text: impl Display) -> Result<(), Failure> {
        self.flush()?;
        let style = if self.error_color {
            NOTABLE
        } else {
            Style::new()
        };
        // A closed standard error must not stop the work.
        let _ = writeln!(io::stderr(), "{style}warning:{style:#} {text}");
        Ok(())
    }

    /// Prints why a command stopped, and says how to exit.
    pub fn failure(&mut self, failure: &Failure) -> Exit {
        // What was printed before belongs before the error.
        let _ = self.out.flush();
        let text = match failure {
            Failure::OutputClosed => String::new(),
            Failure::Spec(diagnostics) => {
                diagnostics.render(self.error_color) + &self.where_more_is(diagnostics)
            }
            Failure::Other(problem, _) => self.problem(problem),
        };
        let _ = write!(io::stderr(), "{text}");
        failure.exit()
    }

    /// The command that says more about the first kind of problem.
    fn where_more_is(&self, diagnostics: &Diagnostics) -> String {
        let good = if self.error_color { GOOD } else { Style::new() };
        let first = diagnostics.0.first();
        first.map_or_else(String::new, |one| {
            let word = one.code.word();
            format!("{good}hint:{good:#} `fapilog-gen explain {word}` says more\n")
        })
    }

    fn problem(&self, problem: &Problem) -> String {
        let (bad, good) = if self.error_color {
            (BAD, GOOD)
        } else {
            (Style::new(), Style::new())
        };
        let mut text = format!(
            "{bad}error[{}]:{bad:#} {}\n",
            problem.code.word(),
            problem.message
        );
        let mut cause = problem.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(error) = cause {
            let said = error.to_string();
            if !said.is_empty() {
                let said = said.trim_end().replace('\n', "\n    ");
                let _ = writeln!(text, "  caused by: {said}");
            }
            cause = error.source();
        }
        if let Some(hint) = &problem.hint {
            let _ = writeln!(text, "{good}hint:{good:#} {hint}");
        }
        text
    }
}
