//! Times as text and as numbers, in the forms programs write them.
//!
//! `docs/events.md` of the generator has the rule as a table: what is read, what it means, what is
//! not read. Text without a zone is UTC. Digits beyond the nanosecond are cut, never rounded.

use super::cursor::{Cursor, value};

const NANOS_PER_SECOND: i128 = 1_000_000_000;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads a time in one of the forms, as nanoseconds since 1970; they may be out of range.
pub(super) fn nanos_of_text(text: &str) -> Option<i128> {
    let forms = [numeric_date, compact_date, unix_date, mail_date];
    forms
        .into_iter()
        .find_map(|form| {
            let mut rest = Cursor::new(text);
            let fields = form(&mut rest)?;
            rest.is_at_end().then_some(fields)
        })
        .map_or_else(|| nanos_of_number(text), |fields| fields.nanos())
}

/// Reads a number since 1970; its size tells the unit.
///
/// Up to 11 digits before the decimal point are seconds, up to 14 milliseconds, up to 17
/// microseconds, up to 19 nanoseconds; the unit changes at 1973-03-03T09:46:40Z in each of them.
pub(super) fn nanos_of_number(text: &str) -> Option<i128> {
    let mut rest = Cursor::new(text);
    let negative = rest.one_of(b"+-") == Some(b'-');
    let whole = rest.digits();
    let fraction: &[u8] = match rest.one_of(b".") {
        Some(_) => Some(rest.digits()).filter(|digits| !digits.is_empty())?,
        None => &[],
    };
    let exponent = match rest.one_of(b"eE") {
        Some(_) => rest.exponent()?,
        None => 0,
    };
    if whole.is_empty() || !rest.is_at_end() {
        return None;
    }
    let digits = [whole, fraction].concat();
    let Some(zeros) = digits.iter().position(|digit| *digit != b'0') else {
        return Some(0);
    };
    let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()? + exponent;
    let shift = match point {
        ..=11 => 9,
        12..=14 => 6,
        15..=17 => 3,
        18..=19 => 0,
        20.. => return None,
    };
    let kept = usize::try_from((point + shift).max(0)).ok()?;
    let padded = digits[zeros..].iter().chain(std::iter::repeat(&b'0'));
    let nanos = padded.take(kept).fold(0, |nanos: i128, digit| {
        nanos * 10 + i128::from(digit - b'0')
    });
    Some(if negative { -nanos } else { nanos })
}

/// `2026-01-02T03:04:05.678+01:00`, `2026/01/02 03:04`, `2026-01-02`.
fn numeric_date(rest: &mut Cursor<'_>) -> Option<Fields> {
    let mut fields = Fields {
        year: rest.number(4)?,
        ..Fields::default()
    };
    let dash = rest.one_of(b"-/")?;
    fields.month = rest.number(2)?;
    rest.one_of(&[dash])?;
    fields.day = rest.number(2)?;
    if rest.one_of(b"Tt ").is_some() {
        rest.clock(&mut fields)?;
        rest.zone(&mut fields);
    }
    Some(fields)
}

/// `20260102T030405Z`.
fn compact_date(rest: &mut Cursor<'_>) -> Option<Fields> {
    let mut fields = Fields {
        year: rest.number(4)?,
        month: rest.number(2)?,
        day: rest.number(2)?,
        ..Fields::default()
    };
    rest.one_of(b"Tt")?;
    fields.hour = rest.number(2)?;
    fields.minute = rest.number(2)?;
    fields.second = rest.number(2)?;
    rest.fraction(&mut fields)?;
    rest.zone(&mut fields);
    Some(fields)
}

/// `Fri Jan  2 03:04:05 2026`, `Fri Jan  2 03:04:05 UTC 2026`.
fn unix_date(rest: &mut Cursor<'_>) -> Option<Fields> {
    let mut fields = Fields::default();
    rest.weekday()?;
    fields.month = rest.month()?;
    rest.spaces()?;
    fields.day = rest.short_number()?;
    rest.spaces()?;
    rest.clock(&mut fields)?;
    rest.zone(&mut fields);
    rest.spaces()?;
    fields.year = rest.number(4)?;
    Some(fields)
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`, `02/Jan/2026:03:04:05 +0000`.
fn mail_date(rest: &mut Cursor<'_>) -> Option<Fields> {
    let mut fields = Fields::default();
    rest.weekday()?;
    fields.day = rest.short_number()?;
    rest.one_of(b"-/").map(drop).or_else(|| rest.spaces())?;
    fields.month = rest.month()?;
    rest.one_of(b"-/").map(drop).or_else(|| rest.spaces())?;
    fields.year = rest.number(4)?;
    rest.one_of(b":").map(drop).or_else(|| rest.spaces())?;
    rest.clock(&mut fields)?;
    rest.zone(&mut fields);
    Some(fields)
}

/// What a form holds; not yet checked.
#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    west: bool,
    offset: [i64; 3],
}

impl Fields {
    fn nanos(&self) -> Option<i128> {
        let seconds = self.days()? * 86_400 + self.seconds()? - self.offset()?;
        Some(i128::from(seconds) * NANOS_PER_SECOND + i128::from(self.nanos))
    }

    /// Days since 1970 in the Gregorian calendar; years are counted from March.
    fn days(&self) -> Option<i64> {
        let (year, month) = (self.year, self.month);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1677..=2262).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=length).contains(&self.day)
        {
            return None;
        }
        let (year, month) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let days = year * 365 + year / 4 - year / 100 + year / 400;
        Some(days + (month * 153 + 2) / 5 + self.day - 719_469)
    }

    /// Seconds since midnight; a leap second is the first second of the next minute, and 24:00 the
    /// end of the day.
    fn seconds(&self) -> Option<i64> {
        let (hour, minute, second) = (self.hour, self.minute, self.second);
        let ends_day = (hour, minute, second, self.nanos) == (24, 0, 0, 0);
        ((hour <= 23 || ends_day) && minute <= 59 && second <= 60)
            .then_some(hour * 3600 + minute * 60 + second)
    }

    fn offset(&self) -> Option<i64> {
        let [hours, minutes, seconds] = self.offset;
        let offset = hours * 3600 + minutes * 60 + seconds;
        (hours <= 23 && minutes <= 59 && seconds <= 59).then_some(if self.west {
            -offset
        } else {
            offset
        })
    }
}

impl Cursor<'_> {
    fn month(&mut self) -> Option<i64> {
        i64::try_from(self.word(&MONTHS)? + 1).ok()
    }

    /// A weekday, where there is one; nobody checks it against the date.
    fn weekday(&mut self) -> Option<()> {
        if self.word(&WEEKDAYS).is_some() {
            self.one_of(b",");
            self.spaces()?;
        }
        Some(())
    }

    fn clock(&mut self, fields: &mut Fields) -> Option<()> {
        fields.hour = self.number(2)?;
        self.one_of(b":")?;
        fields.minute = self.number(2)?;
        if self.one_of(b":").is_some() {
            fields.second = self.number(2)?;
            self.fraction(fields)?;
        }
        Some(())
    }

    fn fraction(&mut self, fields: &mut Fields) -> Option<()> {
        if self.one_of(b".,").is_some() {
            let digits = self.digits();
            let kept = digits.get(..digits.len().min(9))?;
            let zeros = u32::try_from(9 - kept.len()).ok()?;
            fields.nanos = value(kept) * 10_i64.pow(zeros);
            return (!digits.is_empty()).then_some(());
        }
        Some(())
    }

    /// A zone, where there is one.
    fn zone(&mut self, fields: &mut Fields) {
        let mut ahead = *self;
        ahead.one_of(b" ");
        if ahead.word(&["z", "utc", "gmt"]).is_none() {
            let Some(sign) = ahead.one_of(b"+-") else {
                return;
            };
            let Some(hours) = ahead.number(2) else { return };
            fields.west = sign == b'-';
            fields.offset[0] = hours;
            ahead.rest_of_offset(&mut fields.offset);
        }
        *self = ahead;
    }

    /// Minutes with or without a colon, and seconds with one.
    fn rest_of_offset(&mut self, offset: &mut [i64; 3]) {
        let mut ahead = *self;
        let colon = ahead.one_of(b":").is_some();
        let Some(minutes) = ahead.number(2) else {
            return;
        };
        offset[1] = minutes;
        *self = ahead;
        let seconds = ahead.one_of(b":").filter(|_| colon);
        if let Some(seconds) = seconds.and_then(|_| ahead.number(2)) {
            offset[2] = seconds;
            *self = ahead;
        }
    }
}
