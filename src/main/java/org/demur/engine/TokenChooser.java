package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Chooses the next token of every row from the stream's last values. */
final class TokenChooser {
    private final LanguageModel model;
    private final GenerationPlan plan;
    private final Optional<TokenSampler> sampler;

    TokenChooser(LanguageModel model, GenerationPlan plan) {
        this.model = model;
        this.plan = plan;
        this.sampler = plan.sampling() instanceof Sampling.Random random
                ? Optional.of(new TokenSampler(random, model.config().vocabSize()))
                : Optional.empty();
    }

    /**
     * Adds a token to every row that is not finished.
     *
     * @param last_BD one row of the stream a decoding row
     */
    void choose(PtNDArray last_BD, List<DecodingRow> rows, PtNDManager manager) {
        ScriptCalls calls = new ScriptCalls.Inference(model.script(), manager);
        int most = model.logitRows();
        for (int first = 0; first < rows.size(); first += most) {
            List<DecodingRow> part = rows.subList(first, Math.min(rows.size(), first + most));
            boolean all = part.size() == rows.size();
            PtNDArray x = all ? last_BD : (PtNDArray) last_BD.get(first + ":" + (first + part.size()));
            choosePart(x, part, calls, manager);
            if (!all) {
                x.close();
            }
        }
    }

    private void choosePart(PtNDArray last_BD, List<DecodingRow> rows, ScriptCalls calls, PtNDManager manager) {
        LongStream.Builder bannedRows = LongStream.builder();
        LongStream.Builder bannedTokens = LongStream.builder();
        for (int b = 0; b < rows.size(); b++) {
            if (!rows.get(b).mayStop()) {
                for (int token : plan.stopTokens()) {
                    bannedRows.add(b);
                    bannedTokens.add(token);
                }
            }
        }
        String method = sampler.isPresent() ? "allowed_logits" : "next_tokens";
        try (PtNDArray atRows = TorchRuntime.longs(manager, bannedRows.build().toArray());
                PtNDArray tokens =
                        TorchRuntime.longs(manager, bannedTokens.build().toArray());
                PtNDArray result = calls.one(method, model.weights().head(), last_BD, atRows, tokens)) {
            if (sampler.isPresent()) {
                sample(TorchRuntime.view(result).asFloatBuffer(), rows);
            } else {
                long[] ids = result.toLongArray();
                for (int b = 0; b < ids.length; b++) {
                    accept(rows.get(b), (int) ids[b]);
                }
            }
        }
    }

    private void sample(FloatBuffer logits_BV, List<DecodingRow> rows) {
        for (int b = 0; b < rows.size(); b++) {
            DecodingRow row = rows.get(b);
            if (!row.isFinished() && !row.isTwin()) {
                accept(row, sampler.orElseThrow().draw(logits_BV, b, row.uniform()));
            }
        }
    }

    private void accept(DecodingRow row, int token) {
        if (!row.isFinished() && !row.isTwin()) {
            row.accept(token, model::tokenizer);
        }
    }
}
