//! The table, and the same as JSON.

use crate::envoy::contest::{Contest, Figure};
use crate::envoy::error::Error;
use crate::envoy::instructions::Instructions;
use crate::envoy::marks::Mark;
use crate::envoy::options::Effort;
use crate::envoy::row::{self, Kind};
use crate::envoy::statistics::Estimate;
use crate::envoy::tokens::ALGORITHMS;
use claimgate::mint::SigningAlgorithm;
use serde_json::{Value, json};

/// Everything that was found.
pub(crate) struct Report {
    results: Vec<Outcome>,
    instructions: Vec<Instructions>,
    effort: Effort,
}

/// A row with its figures.
struct Outcome {
    name: String,
    algorithm: SigningAlgorithm,
    contest: Kind,
    figure: Figure,
}

impl Report {
    pub(crate) fn of(
        contests: &[Contest<'_>],
        instructions: Vec<Instructions>,
        effort: Effort,
    ) -> Result<Self, Error> {
        let outcome = |contest: &Contest<'_>| {
            let (name, algorithm) = (contest.row.name.clone(), contest.row.issuer.algorithm());
            Ok(Outcome { name, algorithm, contest: contest.row.contest, figure: contest.figure()? })
        };
        let results = contests.iter().map(outcome).collect::<Result<_, Error>>()?;
        Ok(Self { results, instructions, effort })
    }

    pub(crate) fn table(&self) -> String {
        let pairs = self.effort.pairs;
        let mut lines = Vec::new();
        if !self.effort.measures {
            lines.push("A smoke test with few and short turns: the figures are no measurement.\n".to_owned());
        }
        lines.push(format!("Medians of {pairs} pairs of turns, with 90 % intervals (order statistics)\n"));
        for part in PARTS {
            let rows = self.rows(part.has, part.cell);
            if !rows.is_empty() {
                lines.push(line(part.title, ALGORITHMS.map(|one| one.name().to_owned())));
                lines.extend(rows);
                lines.extend((part.after)(self));
                lines.push(String::new());
            }
        }
        if !self.instructions.is_empty() {
            let counts = ALGORITHMS.map(|algorithm| {
                let mut counts = self.instructions.iter();
                let count = counts.find(|count| count.algorithm == algorithm);
                count.map(|count| format!("{:.0}", count.each)).unwrap_or_default()
            });
            lines.push(line("instructions of one decision, seen token", counts));
            lines.push(String::new());
        }
        let marks = self.marks();
        if !marks.is_empty() {
            lines.push("marks, at the far end of the intervals".to_owned());
        }
        lines.extend(marks.into_iter().map(|(algorithm, mark)| {
            let met = if mark.is_met() { "met    " } else { "NOT MET" };
            format!("{met}  {}  {mark}", algorithm.name())
        }));
        lines.join("\n") + "\n"
    }

    fn rows(&self, which: impl Fn(Kind) -> bool, cell: impl Fn(&Figure) -> String) -> Vec<String> {
        let rows = self.results.chunks(ALGORITHMS.len()).filter_map(|row| {
            let first = row.first().filter(|outcome| which(outcome.contest))?;
            let mut cells = row.iter().map(|outcome| cell(&outcome.figure));
            Some(line(&first.name, ALGORITHMS.map(|_| cells.next().unwrap_or_default())))
        });
        rows.collect()
    }

    /// What all rows over no filter were compared to.
    fn no_filter(&self) -> Option<String> {
        let cells = ALGORITHMS.map(|algorithm| {
            let added = |outcome: &&Outcome| {
                outcome.algorithm == algorithm && matches!(outcome.contest, Kind::Added(_))
            };
            let first = self.results.iter().find(added);
            first.map(|outcome| estimate(outcome.figure.compared, 1)).unwrap_or_default()
        });
        Some(line("(no filter, the whole request)", cells))
    }

    /// Those whose rows were measured.
    fn marks(&self) -> Vec<(SigningAlgorithm, Mark)> {
        let of = |algorithm| {
            let figure = |name: &str| {
                let same = |outcome: &&Outcome| outcome.algorithm == algorithm && outcome.name == name;
                self.results.iter().find(same).map(|outcome| outcome.figure)
            };
            let pair = |ours, native| Some((figure(ours)?, figure(native)?));
            [
                pair(row::SEEN, row::NATIVE_CACHED).map(|(ours, native)| Mark::Seen { ours, native }),
                pair(row::NEW, row::NATIVE).map(|(ours, native)| Mark::New { ours, native }),
                figure(row::HOSTS).map(|with_filter| Mark::Hosts { with_filter }),
            ]
            .map(|mark| mark.map(|mark| (algorithm, mark)))
        };
        ALGORITHMS.into_iter().flat_map(of).flatten().collect()
    }

    pub(crate) fn json(&self) -> String {
        let rows: Vec<Value> = self.results.iter().map(Outcome::json).collect();
        let marks = self.marks().into_iter().map(|(algorithm, mark)| {
            json!({
                "algorithm": algorithm.name(), "mark": mark.to_string(), "found": mark.found(), "met": mark.is_met(),
            })
        });
        let instructions = self
            .instructions
            .iter()
            .map(|count| json!({ "algorithm": count.algorithm.name(), "instructions": count.each }));
        let document = json!({
            "measurement": self.effort.measures,
            "pairs": self.effort.pairs,
            "rows": rows,
            "marks": marks.collect::<Vec<_>>(),
            "decisions": instructions.collect::<Vec<_>>(),
        });
        format!("{document:#}\n")
    }
}

impl Outcome {
    fn json(&self) -> Value {
        let Figure { difference, measured, compared } = self.figure;
        let what = match self.contest {
            Kind::Added(_) => "added_us",
            Kind::Against => "added_to_other_us",
            Kind::Hosts(_) => "ratio_of_requests",
        };
        json!({
            "name": self.name,
            "algorithm": self.algorithm.name(),
            what: numbers(difference),
            "measured_us": numbers(measured),
            "compared_us": numbers(compared),
        })
    }
}

/// A part of the table.
struct Part {
    title: &'static str,
    has: fn(Kind) -> bool,
    cell: fn(&Figure) -> String,
    after: fn(&Report) -> Option<String>,
}

const PARTS: [Part; 3] = [
    Part {
        title: "CPU time per request over no filter, us",
        has: |kind| matches!(kind, Kind::Added(_)),
        cell: added,
        after: Report::no_filter,
    },
    Part {
        title: "CPU time per request over the other build, us",
        has: |kind| kind == Kind::Against,
        cell: added,
        after: |_| None,
    },
    Part {
        title: "requests per CPU-second, gateway | Envoy | ratio",
        has: |kind| matches!(kind, Kind::Hosts(_)),
        cell: hosts,
        after: |_| None,
    },
];

fn added(figure: &Figure) -> String {
    estimate(figure.difference, 1)
}

fn numbers(estimate: Estimate) -> Value {
    json!({ "low": estimate.low, "median": estimate.median, "high": estimate.high })
}

fn hosts(figure: &Figure) -> String {
    let rate = |estimate: Estimate| 1e6 / estimate.median;
    let (gateway, envoy) = (rate(figure.measured), rate(figure.compared));
    format!("{gateway:.0} | {envoy:.0} | {}", estimate(figure.difference, 2))
}

fn estimate(estimate: Estimate, digits: usize) -> String {
    let Estimate { low, median, high } = estimate;
    format!("{median:.digits$} [{low:.digits$}, {high:.digits$}]")
}

fn line(name: &str, cells: [String; 2]) -> String {
    let [first, second] = cells;
    format!("{name:<52}{first:<34}{second}").trim_end().to_owned()
}
