package org.demur.capability;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A grade-school word problem (GSM8K; Cobbe et al. 2021).
 *
 * @param solution worked out, ending with {@code #### } and the number
 * @param gold the number, without commas
 */
record WordProblem(String id, String question, String solution, String gold) {
    private static final Pattern CALCULATOR = Pattern.compile("<<[^<>]*>>");
    private static final Pattern GOLD = Pattern.compile("-?\\d+(?:\\.\\d+)?");

    /**
     * From a row with the question in {@code question} or {@code prompt}, the solution in {@code target} or
     * {@code answer} and the number behind the solution's {@code ####}, or else in {@code answer}.
     */
    static WordProblem from(String id, JsonNode row) throws BenchmarkRows.Unusable {
        Optional<String> question =
                BenchmarkRows.optionalText(row, "question").or(() -> BenchmarkRows.optionalText(row, "prompt"));
        String answer = BenchmarkRows.text(row, "answer");
        String solution = BenchmarkRows.optionalText(row, "target").orElse(answer);
        int mark = solution.lastIndexOf("####");
        String gold = (mark < 0 ? answer : solution.substring(mark + 4)).strip().replace(",", "");
        if (question.isEmpty()) {
            throw new BenchmarkRows.Unusable("missing_prompt", "");
        }
        if (!GOLD.matcher(gold).matches()) {
            throw new BenchmarkRows.Unusable("bad_answer", "no number of " + gold.length() + " characters");
        }
        return new WordProblem(id, question.get(), CALCULATOR.matcher(solution).replaceAll(""), gold);
    }

    /** The published zero-shot question, or the same behind solved examples. */
    String asked(List<WordProblem> examples) {
        StringBuilder text = new StringBuilder();
        for (WordProblem example : examples) {
            text.append("Question: ").append(example.question).append("\nAnswer: ");
            text.append(example.solution).append("\n\n");
        }
        text.append("Question: ").append(question);
        return text.append(examples.isEmpty() ? "\nLet's think step by step." : "\nAnswer:")
                .toString();
    }
}
