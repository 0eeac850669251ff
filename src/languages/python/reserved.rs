//! Names a package of its own must not have: Python could not import it, or something else no longer.

/// Words of the language; `case`, `match` and `type` are names only where the grammar lets them.
const KEYWORDS: [&str; 38] = [
    "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def", "del",
    "elif", "else", "except", "false", "finally", "for", "from", "global", "if", "import", "in",
    "is", "lambda", "match", "none", "nonlocal", "not", "or", "pass", "raise", "return", "true",
    "try", "type", "while", "with", "yield",
];

/// `sys.stdlib_module_names` of Python 3.10 to 3.13, without private ones, in lower case.
const STANDARD_LIBRARY: &str = "
abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex
bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall
concurrent configparser contextlib contextvars copy copyreg cprofile crypt csv ctypes curses dataclasses
datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl
filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp
gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib
msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats
pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource
rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket
socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct
subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this
threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types
typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref
xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
";

/// What sinks, fapilog, its requirements and the tests of sinks import.
const IMPORTED: &str = "
annotated_types anyio boto3 botocore certifi dateutil dotenv exceptiongroup fapilog h11 h2 hpack httpcore httpx
hyperframe idna iniconfig jmespath mypy mypy_boto3_logs orjson packaging pip pkg_resources pluggy pydantic
pydantic_core pydantic_settings pygments pytest ruff s3transfer setuptools six sniffio socksio tomli
typing_extensions typing_inspection urllib3 wheel yaml zstandard
";

/// Folders that lie beside the package.
const BESIDE: [&str; 5] = ["build", "dist", "docs", "examples", "tests"];

/// Clients of log providers in the package index, besides those that are called like a provider.
const CLIENTS: &str = "
ddtrace elastic elasticsearch graylog honeycomb libhoney logdna logtail logzio loguru newrelic opensearch
opensearchpy opentelemetry sentry sentry_sdk splunk splunklib sumologic watchtower
";

/// Why a package must not have the name, if so; `name` is an identifier in lower case.
#[must_use]
pub fn reason(name: &str) -> Option<&'static str> {
    let listed = |list: &str| list.split_whitespace().any(|known| known == name);
    if KEYWORDS.contains(&name) {
        Some("a keyword of Python")
    } else if listed(STANDARD_LIBRARY) {
        Some("a module of Python's standard library")
    } else if listed(IMPORTED) {
        Some("a package that sinks or their tests import")
    } else if BESIDE.contains(&name) {
        Some("a folder beside the package")
    } else if listed(CLIENTS) {
        Some("a package on PyPI")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_break_imports_are_reserved_and_others_are_not() {
        for name in [
            "class", "none", "json", "httpx", "fapilog", "tests", "splunk",
        ] {
            assert!(reason(name).is_some(), "{name}");
        }
        for name in ["datadog_sink", "cloud_sinks", "shop", "class_sinks"] {
            assert_eq!(None, reason(name));
        }
    }
}
