package org.demur.report;

import java.util.List;
import org.demur.report.chart.Numbers;

/** The numbers of {@link JudgeSection}. */
final class JudgeTables {
    private JudgeTables() {}

    static HtmlTable rates(List<ResultRow> rates) {
        List<List<String>> rows = rates.stream()
                .map(row -> List.of(
                        row.text("set_name"),
                        Condition.of(row).label(),
                        row.text("judge"),
                        row.text("question"),
                        Numbers.count(row.whole("n")),
                        Numbers.count(row.whole("n_unanswered")),
                        Readings.share(row, "yes", "yes_low", "yes_high"),
                        Numbers.percent(row.number("yes_anywhere"), 1)))
                .toList();
        return HtmlTable.of(
                "Share of completions to which each judge said yes, with 95 % Wilson intervals. Anywhere: phrase lists over the "
                        + "whole completion, as published. Completions without an answer are in no share.",
                rows, "Prompts", "Condition", "Judge", "Question", "#n", "#Unanswered", "#Yes", "#Anywhere");
    }

    static HtmlTable agreement(List<ResultRow> agreement) {
        List<List<String>> rows = agreement.stream()
                .map(row -> List.of(
                        row.text("judge_a"),
                        row.text("judge_b"),
                        Numbers.count(row.whole("n")),
                        Numbers.count(row.whole("both_refused")),
                        Numbers.count(row.whole("only_a")),
                        Numbers.count(row.whole("only_b")),
                        Numbers.count(row.whole("neither")),
                        Numbers.percent(row.number("agreement"), 1),
                        Readings.number(row, "kappa", 2)))
                .toList();
        return HtmlTable.of(
                "Completions that both judges take for a refusal, one alone, or neither.",
                rows,
                "Judge A",
                "Judge B",
                "#n",
                "#Both",
                "#Only A",
                "#Only B",
                "#Neither",
                "#Agree",
                "#Kappa");
    }

    static HtmlTable fluency(List<ResultRow> fluency) {
        List<List<String>> rows = fluency.stream()
                .map(row -> List.of(
                        row.text("set_name"),
                        Condition.of(row).label(),
                        Numbers.count(row.whole("n")),
                        Readings.number(row, "nats", 3),
                        Numbers.significant(Math.exp(row.number("nats"))),
                        Readings.share(row, "distinct_2", "distinct_2_low", "distinct_2_high"),
                        Readings.number(row, "longest_repeat", 1),
                        Readings.number(row, "tokens", 1),
                        Readings.share(row, "english", "english_low", "english_high")))
                .toList();
        return HtmlTable.of(
                "Fluency of the completions, means with 95 % intervals: negative log-likelihood per token under the model without "
                        + "intervention and the perplexity it amounts to, different pairs of neighbouring tokens, longest repeated "
                        + "run in tokens, length in tokens, and English by function words. Refusals are fluent too.",
                rows,
                "Prompts",
                "Condition",
                "#n",
                "#Nats a token",
                "#Perplexity",
                "#Different pairs",
                "#Longest repeat",
                "#Tokens",
                "#English");
    }
}
