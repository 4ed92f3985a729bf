//! Dates in ISO 8601 as numbers, each by a rule that the deployment declares.

pub const DAY: i64 = 86_400;

/// A number that is made of a date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DateRule {
    /// The time since an origin, in units of so many seconds. Both are days and seconds since 1970.
    Since {
        unit: i64,
        days: i64,
        seconds: f64,
    },
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// 0 is Monday.
    Weekday,
    /// 1 to 366.
    DayOfYear,
}

/// The names of the rules that need no origin.
const PARTS: [(&str, DateRule); 8] = [
    ("year", DateRule::Year),
    ("month", DateRule::Month),
    ("day", DateRule::Day),
    ("hour", DateRule::Hour),
    ("minute", DateRule::Minute),
    ("second", DateRule::Second),
    ("weekday", DateRule::Weekday),
    ("day of year", DateRule::DayOfYear),
];
const UNITS: [(&str, i64); 4] = [("days", DAY), ("hours", 3600), ("minutes", 60), ("seconds", 1)];

/// What a rule may be, for a message.
pub const RULES: &str = "\"days since 1970-01-01\" (or hours, minutes, seconds, and another date), \"year\", \
                         \"month\", \"day\", \"hour\", \"minute\", \"second\", \"weekday\" or \"day of year\"";

impl DateRule {
    pub fn parse(text: &str) -> Option<DateRule> {
        if let Some((_, rule)) = PARTS.iter().find(|(name, _)| *name == text) {
            return Some(*rule);
        }
        let (unit, origin) = text.split_once(" since ")?;
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let (days, seconds) = Moment::parse(origin)?.in_utc();
        Some(DateRule::Since { unit: *unit, days, seconds })
    }

    /// The number of a date, or `None` if the text is no date.
    pub fn number(&self, text: &str) -> Option<f64> {
        Some(self.of(&Moment::parse(text)?))
    }

    fn of(&self, moment: &Moment) -> f64 {
        let (year, month, day) = civil(moment.days);
        match self {
            DateRule::Since { unit, days, seconds } => {
                let (own_days, own_seconds) = moment.in_utc();
                let seconds = (own_days - days) as f64 * DAY as f64 + (own_seconds - seconds);
                seconds / *unit as f64
            }
            DateRule::Year => year as f64,
            DateRule::Month => month as f64,
            DateRule::Day => day as f64,
            DateRule::Hour => (moment.seconds / 3600.0).floor(),
            DateRule::Minute => (moment.seconds / 60.0).floor() % 60.0,
            DateRule::Second => moment.seconds % 60.0,
            // The first of January 1970 was a Thursday.
            DateRule::Weekday => (moment.days + 3).rem_euclid(7) as f64,
            DateRule::DayOfYear => (moment.days - days_of(year, 1, 1) + 1) as f64,
        }
    }
}

/// A date and time as it is written.
struct Moment {
    /// Days since 1970-01-01.
    days: i64,
    /// Seconds since midnight.
    seconds: f64,
    /// Seconds that the written time is ahead of UTC.
    ahead: f64,
}

impl Moment {
    /// Reads `2024-05-17`, with a time after `T` or a space, and an offset (`Z`, `+02:00`) after that.
    fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        let (date, time) = match text.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let [year, month, day] = [(4, parts.next()?), (2, parts.next()?), (2, parts.next()?)].map(number);
        let (year, month, day) = (year?, month?, day?);
        let days = days_of(year, month, day);
        if parts.next().is_some() || civil(days) != (year, month, day) {
            return None;
        }
        let (seconds, ahead) = time.map_or(Some((0.0, 0.0)), clock)?;
        Some(Moment { days, seconds, ahead })
    }

    fn in_utc(&self) -> (i64, f64) {
        (self.days, self.seconds - self.ahead)
    }
}

/// A number of exactly so many digits.
fn number((digits, text): (usize, &str)) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Seconds since midnight and ahead of UTC of `12:30`, `12:30:05.25Z`, `12:30+02:00`.
fn clock(text: &str) -> Option<(f64, f64)> {
    let (time, ahead) = match text.find(['Z', 'z', '+', '-']) {
        None => (text, 0.0),
        Some(at) if text[at..].eq_ignore_ascii_case("z") => (&text[..at], 0.0),
        Some(at) => {
            let sign = if text[at..].starts_with('-') { -1.0 } else { 1.0 };
            (&text[..at], sign * minutes(&text[at + 1..])? as f64 * 60.0)
        }
    };
    let (hours_and_minutes, seconds) = match time.match_indices(':').nth(1) {
        Some((at, _)) => (&time[..at], Some(&time[at + 1..])),
        None => (time, None),
    };
    let seconds = seconds.map_or(Some(0.0), second)?;
    Some((minutes(hours_and_minutes)? as f64 * 60.0 + seconds, ahead))
}

/// The minutes of `12:30` or `1230`.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':').or_else(|| text.split_at_checked(2))?;
    let (hours, minutes) = (number((2, hours))?, number((2, minutes))?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// `05` or `05.25`.
fn second(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let plain = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number((2, whole)).filter(|&seconds| seconds < 60 && plain)?;
    format!("{seconds}.{fraction}").parse().ok()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, and back, by Howard Hinnant's algorithms.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_of(rule: &str, date: &str) -> Option<f64> {
        DateRule::parse(rule).unwrap().number(date)
    }

    /// The expected numbers are those of Python's datetime.
    #[test]
    fn each_rule_gives_its_number() {
        for (rule, date, expected) in [
            ("days since 1970-01-01", "1970-01-01", 0.0),
            ("days since 1970-01-01", "2024-02-29", 19_782.0),
            ("days since 1970-01-01", "1969-12-31T12:00", -0.5),
            ("days since 2000-03-01", "0001-01-01", -730_179.0),
            ("seconds since 1970-01-01", "2024-05-17T12:30:05.25+02:00", 1_715_941_805.25),
            ("seconds since 1970-01-01T00:00Z", "2024-05-17 10:30:05.25Z", 1_715_941_805.25),
            ("hours since 2024-05-17T10:00+0200", "2024-05-17T10:00Z", 2.0),
            ("minutes since 2024-05-17", "2024-05-18", 1440.0),
            ("year", "2024-05-17T23:59:59-11:00", 2024.0),
            ("month", "2024-05-17", 5.0),
            ("day", "2024-05-17", 17.0),
            ("hour", "2024-05-17T23:59:59-11:00", 23.0),
            ("minute", "2024-05-17T23:59:59", 59.0),
            ("second", "2024-05-17T23:59:59.5", 59.5),
            ("hour", "2024-05-17", 0.0),
            ("weekday", "2024-05-17", 4.0),
            ("weekday", "1969-12-28", 6.0),
            ("day of year", "2024-12-31", 366.0),
            ("day of year", "2023-12-31", 365.0),
        ] {
            assert_eq!(number_of(rule, date), Some(expected), "{rule}, {date}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for date in [
            "",
            "2024",
            "2024-5-17",
            "2024-13-01",
            "2023-02-29",
            "2024-05-00",
            "17.05.2024",
            "2024-05-17T",
            "2024-05-17T24:00",
            "2024-05-17T12:60",
            "2024-05-17T12:00:60",
            "2024-05-17T12:00:00.",
            "2024-05-17T12:00+2",
            "2024-05-17T12:00Z ?",
            "2024-05-17-01",
            "+024-05-17",
            "ä024-05-17",
            "2024-05-17Tä2:00",
        ] {
            assert_eq!(number_of("year", date), None, "{date}");
        }
        for rule in
            ["", "years", "days since", "days since today", "weeks since 1970-01-01", "since 1970-01-01"]
        {
            assert_eq!(DateRule::parse(rule), None, "{rule}");
        }
    }

    #[test]
    fn every_day_comes_back() {
        for days in (-800_000..800_000).step_by(97) {
            let (year, month, day) = civil(days);
            assert_eq!(days_of(year, month, day), days);
        }
    }
}
