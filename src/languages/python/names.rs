//! Names in generated Python: every name that comes from a spec is resolved here against those that
//! a module has already.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::languages::common::names::snake;
use crate::sink::{SettingId, Sink};

/// Words of the language, and builtins.
pub const WORDS: &str = "
False None True and as assert async await break case class continue def del elif else except finally
for from global if import in is lambda match nonlocal not or pass raise return try type while with yield
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError FloatingPointError
FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError
OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError
RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration
StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError
UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs aiter all anext any ascii bin bool
breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir
divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id
input int isinstance issubclass iter len license list locals map max memoryview min next object oct
open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str
sum super tuple vars zip
";

/// Members of the class that settings are attributes of: pydantic's and those of the runtime, the
/// delivery settings excepted, which no spec may name.
pub const MEMBERS: &str = "
all_variables check_plain_http construct copy credentials_in_clear dict env_prefix from_orm json missing model_computed_fields model_config
model_construct model_copy model_dump model_dump_json model_extra model_fields model_fields_set
model_json_schema model_parametrized_name model_post_init model_rebuild model_validate
model_validate_json model_validate_strings parse_file parse_obj parse_raw required schema schema_json
unread_variables update_forward_refs validate variables
";

/// What encoders import, define or call their variables; spec text makes only locals there.
pub const HELPERS: &str = "
Event Records Rest RECORDS Values base64_of base64_text check_labels check_url clean config dumps enclosed event expose
group json_array json_text label_name line lines lookup merge metadata mute_own_requests ndjson now numbered one_line orjson OtlpEnvelope otlp_attributes
otlp_record otlp_value outcome_of_status parse_time part_text plain_json record records rest rfc3339_micros rfc3339_millis rfc3339_nanos self setting_text
shared shared_values sinks samples prometheus spaced_millis spaced_nanos split_envelope time timestamp unix_micros_as_millis
unix_millis unix_seconds value_text write_streams
";

type Listed = LazyLock<BTreeSet<&'static str>>;

static LISTED_WORDS: Listed = LazyLock::new(|| WORDS.split_whitespace().collect());
static LISTED_MEMBERS: Listed = LazyLock::new(|| MEMBERS.split_whitespace().collect());
static LISTED_HELPERS: Listed = LazyLock::new(|| HELPERS.split_whitespace().collect());

/// The attribute of each setting, in order: its name, with `_` appended until it is free.
#[must_use]
pub fn attributes(sink: &Sink) -> Vec<String> {
    let settings = sink.settings.iter();
    let names: BTreeSet<&str> = settings.map(|setting| setting.name.as_str()).collect();
    let mut taken = BTreeSet::new();
    let mut resolve = |name: &str| {
        let mut attribute = name.to_owned();
        while LISTED_MEMBERS.contains(attribute.as_str())
            || LISTED_WORDS.contains(attribute.as_str())
            || taken.contains(&attribute)
            || (attribute != name && names.contains(attribute.as_str()))
        {
            attribute.push('_');
        }
        taken.insert(attribute.clone());
        attribute
    };
    let settings = sink.settings.iter();
    settings.map(|setting| resolve(&setting.name)).collect()
}

/// The attribute of one setting.
#[must_use]
pub fn attribute(sink: &Sink, id: SettingId) -> String {
    attributes(sink).swap_remove(id.0)
}

/// Names of one function or class, each given once.
#[derive(Debug, Default)]
pub struct Names {
    given: BTreeSet<String>,
}

impl Names {
    /// A name that nothing else has, near to `wanted`; with `_` in front as an attribute.
    pub fn unique(&mut self, front: &str, wanted: &str) -> String {
        let name = format!("{front}{}", snake(wanted));
        let mut candidate = name.clone();
        let mut number = 1;
        while self.given.contains(&candidate)
            || LISTED_WORDS.contains(candidate.as_str())
            || LISTED_HELPERS.contains(candidate.as_str())
        {
            number += 1;
            candidate = if number == 2 && !self.given.contains(&format!("{name}_")) {
                format!("{name}_")
            } else {
                format!("{name}_{number}")
            };
        }
        self.given.insert(candidate.clone());
        candidate
    }

    /// Keeps a name for another use.
    pub fn keep(&mut self, name: &str) {
        self.given.insert(name.to_owned());
    }
}

/// A name for a constant or an enum member.
#[must_use]
pub fn upper(text: &str) -> String {
    snake(text).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken_get_an_underscore() {
        let mut names = Names::default();

        let given = ["dumps", "dumps", "type", "trace_id"].map(|name| names.unique("", name));

        assert_eq!(given, ["dumps_", "dumps_2", "type_", "trace_id"]);
    }
}
