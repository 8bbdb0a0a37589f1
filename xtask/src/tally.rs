//! How many tests passed and failed: read from what the runners write.

/// The sums of one or more runs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: usize,
    /// Tests that did not, for whatever reason.
    pub(crate) failed: usize,
}

impl Tally {
    /// Adds the sums in a runner's output. A runner that failed without naming a test counts as one failure.
    pub(crate) fn add(&mut self, lines: &[String], success: bool) {
        let found = lines.iter().filter_map(|line| summary(line)).fold(Self::default(), |sum, one| Self {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
        });
        self.passed += found.passed;
        self.failed += if success { found.failed } else { found.failed.max(1) };
    }
}

/// What a line says if it is a summary of nextest, of Rust's own runner, or of node's.
fn summary(line: &str) -> Option<Tally> {
    let line = line.trim_end();
    let counts = if line.trim_start().starts_with("Summary [") {
        line.split_once(" run: ")?.1
    // Indented, it is what nextest shows of a test that failed.
    } else if let Some(counts) = line.strip_prefix("test result: ") {
        counts.split_once(". ")?.1
    } else if let Some(count) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
        let (word, number) = count.split_once(' ')?;
        return sort(number.parse().ok()?, word);
    } else {
        return None;
    };
    let mut tally = Tally::default();
    for count in counts.split([',', ';']) {
        let mut words = count.split_whitespace();
        if let (Some(Ok(number)), Some(word)) = (words.next().map(str::parse), words.next())
            && let Some(one) = sort(number, word)
        {
            tally.passed += one.passed;
            tally.failed += one.failed;
        }
    }
    Some(tally)
}

/// `timed out` and `exec failed` are nextest's, `pass`, `fail` and `cancelled` node's.
fn sort(number: usize, word: &str) -> Option<Tally> {
    match word {
        "passed" | "pass" => Some(Tally { passed: number, failed: 0 }),
        "failed" | "fail" | "cancelled" | "timed" | "exec" => Some(Tally { passed: 0, failed: number }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn check(output: &str, success: bool, passed: usize, failed: usize) {
        let lines: Vec<String> = output.lines().map(str::to_owned).collect();
        let mut tally = Tally { passed: 100, failed: 10 };
        tally.add(&lines, success);
        assert_eq!(tally, Tally { passed: 100 + passed, failed: 10 + failed }, "{output}");
    }

    #[test]
    fn each_runner_is_understood() {
        check("     Summary [   0.660s] 28 tests run: 28 passed, 0 skipped", true, 28, 0);
        check("  Summary [ 1.0s] 9/28 tests run: 7 passed (1 slow), 2 failed, 1 timed out, 3 skipped", false, 7, 3);
        check("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished", true, 3, 0);
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored\ntest result: ok. 1 passed; 0 failed", false, 4, 2);
        check(
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored\n Summary [ 1.0s] 2 tests run: 1 passed, 1 failed, 0 skipped",
            false,
            1,
            1,
        );
        check("ℹ tests 5\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0", false, 3, 2);
        check("# pass 3\n# fail 0\n# a comment", true, 3, 0);
    }

    #[test]
    fn what_failed_before_any_test_ran_is_one_failure() {
        check("error[E0432]: unresolved import", false, 0, 1);
        check("test result: ok. 3 passed; 0 failed", false, 3, 1);
    }
}
