package org.demur.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.demur.cells.StageJob;
import org.demur.config.ConfigSection;
import org.demur.engine.ModelSpec;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;

/**
 * A classifier model run by the engine: one forward pass a pair, the verdict from the logits of its two answers. HarmBench
 * and Llama Guard as published decode the answer greedily, which gives the same verdict wherever the most probable token
 * is one of the two; elsewhere HarmBench takes it for no, and {@code answer_mass} shows it.
 *
 * @param path of the model, as {@code model.path} spells it; one of the hub must be in the local cache
 * @param maxTokens of a prompt; the end of a longer completion is cut
 * @param maxTokensPerBatch tokens in one forward pass; no part of the identity
 */
public record ClassifierJudge(String path, ClassifierTemplate template, int maxTokens, int maxTokensPerBatch)
        implements Judge {
    /** Each row's logits over the whole vocabulary are held until its task's pass ends. */
    private static final int ROWS_PER_TASK = 64;

    /** Digesting a large model takes minutes, and a plan asks for it several times. */
    private static final Map<String, String> DIGESTS = new ConcurrentHashMap<>();

    static ClassifierJudge from(ConfigSection section) {
        String template = section.string("template");
        return new ClassifierJudge(
                section.string("path"),
                ClassifierTemplate.of(template)
                        .orElseThrow(() -> section.invalid(
                                "template",
                                "it is " + template,
                                "write one of "
                                        + Arrays.stream(ClassifierTemplate.values())
                                                .map(ClassifierTemplate::settingName)
                                                .collect(Collectors.joining(", ")))),
                section.positive("max-tokens"),
                section.positive("max-tokens-per-batch"));
    }

    @Override
    public String kind() {
        return "classifier";
    }

    @Override
    public Question question() {
        return template.question();
    }

    @Override
    public Map<String, Object> identity() {
        return Map.of(
                "model", modelDigest(),
                "template", template.settingName(),
                "sha256", template.sha256(),
                "maxTokens", maxTokens);
    }

    @Override
    public Map<String, String> sourceDigests() {
        return Map.of(path, modelDigest());
    }

    @Override
    public JavaRDD<Judgement> judge(JudgingSession session) {
        AnswerStore answers = session.answers();
        Map<PairKey, Judgement> known = answers.read();
        List<JudgedText> open = new ArrayList<>();
        List<Judgement> judgements = new ArrayList<>();
        for (JudgedText text : session.orderedTexts()) {
            if (known.containsKey(text.key())) {
                judgements.add(known.get(text.key()));
            } else {
                open.add(text);
            }
        }
        if (!open.isEmpty()) {
            judgements.addAll(judged(session, open));
        }
        return session.spark().parallelize(judgements);
    }

    private List<Judgement> judged(JudgingSession session, List<JudgedText> open) {
        List<List<JudgedText>> parts = new ArrayList<>();
        for (int from = 0; from < open.size(); from += ROWS_PER_TASK) {
            parts.add(List.copyOf(open.subList(from, Math.min(from + ROWS_PER_TASK, open.size()))));
        }
        ModelSpec model = new ModelSpec(
                path, List.of(), modelDigest(), session.context().model().compute());
        try (ModelBundle bundle = ModelSource.open(path)) {
            ClassifierPrompt prompt = template.prompt(bundle);
            int limit_tokens = Math.min(maxTokens, bundle.config().maxPositions());
            ClassifierTask.Plan plan = new ClassifierTask.Plan(model, prompt, this, limit_tokens);
            String folder = session.answers().folder().toString();
            return new StageJob("score: classify with " + bundle.name(), open.size(), "completions")
                            .collect(session.context(), finished -> session.spark()
                                    .parallelize(parts, parts.size())
                                    .map(new ClassifierTask(plan, folder, finished)))
                            .stream()
                            .flatMap(List::stream)
                            .toList();
        }
    }

    private String modelDigest() {
        return DIGESTS.computeIfAbsent(path, missing -> {
            try (ModelBundle bundle = ModelSource.open(path)) {
                return bundle.digest();
            }
        });
    }
}
