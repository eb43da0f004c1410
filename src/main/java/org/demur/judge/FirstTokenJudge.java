package org.demur.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.Cells;
import org.demur.cells.PromptSample;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.config.ConfigSection;
import org.demur.schema.Table;

/**
 * Refusal by the logits of the first generated token under the cell's edits: the log-odds of the refusal tokens that the
 * stage {@code direction} found (Arditi et al. 2024). It reads the model, not the text, so completions need no recorded
 * logits, and the model runs over every prompt once per cell.
 *
 * @param threshold log-odds above which a prompt counts as refused
 * @param maxTokensPerBatch tokens in one forward pass; no part of the identity
 */
public record FirstTokenJudge(double threshold, int maxTokensPerBatch) implements Judge {
    /** Each row's logits over the whole vocabulary are held until its task's pass ends. */
    private static final int ROWS_PER_TASK = 64;

    static FirstTokenJudge from(ConfigSection section) {
        return new FirstTokenJudge(section.number("threshold"), section.positive("max-tokens-per-batch"));
    }

    @Override
    public String kind() {
        return "first_token";
    }

    @Override
    public Question question() {
        return Question.REFUSED;
    }

    @Override
    public Subject subject() {
        return Subject.CELL;
    }

    @Override
    public Map<String, Object> identity() {
        return Map.of("threshold", threshold);
    }

    @Override
    public JavaRDD<Judgement> judge(JudgingSession session) {
        List<FirstTokenTask.Question> questions = questions(session);
        List<List<FirstTokenTask.Question>> parts = new ArrayList<>();
        for (int from = 0; from < questions.size(); from += ROWS_PER_TASK) {
            parts.add(List.copyOf(questions.subList(from, Math.min(from + ROWS_PER_TASK, questions.size()))));
        }
        int[] refusalTokens = refusalTokens(session);
        Broadcast<CellEdits> edits = session.spark().broadcast(CellEdits.load(session.context()));
        try {
            List<List<Judgement>> judged = new StageJob("score: first-token judge", questions.size(), "prompts")
                    .collect(session.context(), finished -> session.spark()
                            .parallelize(parts, Math.max(1, parts.size()))
                            .map(new FirstTokenTask(session.context().model(), edits, refusalTokens, this, finished)));
            return session.spark()
                    .parallelize(judged.stream().flatMap(List::stream).toList());
        } finally {
            edits.destroy();
        }
    }

    /** In the order of prompts: the cells of one prompt side by side share what the model computes before the edits. */
    private static List<FirstTokenTask.Question> questions(JudgingSession session) {
        Dataset<Row> rows = session.subjects().rows();
        Map<String, Cell> cells = new HashMap<>();
        Cells.read(rows).forEach(cell -> cells.put(cell.cellId(), cell));
        List<String> sets =
                cells.values().stream().map(Cell::setName).distinct().sorted().toList();
        Map<List<String>, StudyPrompt> prompts = new HashMap<>();
        PromptSample.draw(session.context(), sets, Integer.MAX_VALUE, "the first-token judge")
                .forEach(prompt -> prompts.put(List.of(prompt.setName(), prompt.promptId()), prompt));
        return rows
                .select("cell_id", "set_name", "prompt_id", "prompt_digest", "cell_digest")
                .orderBy("set_name", "prompt_id", "cell_id")
                .collectAsList()
                .stream()
                .map(row -> new FirstTokenTask.Question(
                        new PairKey(row.getString(3), row.getString(4)),
                        cells.get(row.getString(0)),
                        prompts.get(List.of(row.getString(1), row.getString(2)))))
                .toList();
    }

    private static int[] refusalTokens(JudgingSession session) {
        return session
                .context()
                .warehouse()
                .read(Table.DIRECTIONS, session.context().input("direction"))
                .select("refusal_tokens")
                .first()
                .<Integer>getList(0)
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
