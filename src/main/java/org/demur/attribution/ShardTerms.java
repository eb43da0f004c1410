package org.demur.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.cells.StudyPrompt;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;

/** The gradients that the rankings of a plan need over a shard; each path is followed once, whoever uses it. */
final class ShardTerms {
    private final LanguageModel model;
    private final AttributionPlan plan;
    private final List<StudyPrompt> prompts;
    private final ForwardResult clean;
    private final Map<List<HookPoint>, ForwardResult> ablated = new HashMap<>();

    ShardTerms(LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts, ForwardResult clean) {
        this.model = model;
        this.plan = plan;
        this.prompts = prompts;
        this.clean = clean;
    }

    /** One term a ranking, in the plan's order. */
    List<Term> all() {
        List<Term> terms = new ArrayList<>();
        for (AttributionMode mode : AttributionMode.values()) {
            if (plan.paths().wants(mode)) {
                terms.addAll(of(mode));
            }
        }
        return terms;
    }

    private List<Term> of(AttributionMode mode) {
        ForwardResult patched = ablated.computeIfAbsent(
                Streams.ablationPoints(plan, mode), points -> Streams.ablated(model, plan, prompts, mode));
        Streams streams = Streams.of(plan, clean, patched, prompts.size(), mode);
        List<Integer> kept = IntStream.range(0, prompts.size())
                .filter(i -> !isSkipped(streams.complianceTokens()[i], mode))
                .boxed()
                .toList();
        Map<Path, Map<Integer, float[][]>> made = new HashMap<>();
        List<Term> terms = new ArrayList<>();
        for (RankingId ranking : plan.paths().rankings()) {
            if (ranking.mode() == mode) {
                Map<Integer, float[][]> gradients =
                        made.computeIfAbsent(path(ranking), path -> gradients(path, streams, mode, kept));
                terms.add(new Term(ranking, streams, kept, gradients));
            }
        }
        return terms;
    }

    /** Where gradients are taken. */
    private enum Path {
        CLEAN_POINT,
        TO_ABLATED,
        TO_ZERO
    }

    private Path path(RankingId ranking) {
        return switch (ranking.method()) {
            case AP -> ranking.mode() == AttributionMode.FAITHFUL ? Path.TO_ABLATED : Path.CLEAN_POINT;
            case GRAD_ACT -> Path.CLEAN_POINT;
            case IG -> plan.paths().baseline() == Baseline.ZERO ? Path.TO_ZERO : Path.TO_ABLATED;
            case LA_IG, CS, ACTDIFF, EXACT, GREEDY, PROBE -> Path.TO_ABLATED;
        };
    }

    private Map<Integer, float[][]> gradients(Path path, Streams streams, AttributionMode mode, List<Integer> kept) {
        int held = held(path, mode, kept);
        PathGradients gradients = new PathGradients(model, plan, streams, mode, held);
        return switch (path) {
            case CLEAN_POINT -> gradients.atClean(prompts, kept);
            case TO_ABLATED -> gradients.of(prompts, kept);
            case TO_ZERO -> new PathGradients(model, plan, streams.towardsZero(), mode, held).of(prompts, kept);
        };
    }

    /** Tokens that all kept prompts begin with and that none of the rankings on this path counts. */
    private int held(Path path, AttributionMode mode, List<Integer> kept) {
        boolean everyTokenCounts = plan.paths().rankings().stream()
                .anyMatch(ranking -> ranking.mode() == mode && path(ranking) == path && Term.countsAll(ranking));
        if (everyTokenCounts || kept.isEmpty()) {
            return 0;
        }
        int[] first = prompts.get(kept.get(0)).tokenIds();
        int held = first.length - 1;
        for (int i : kept) {
            int[] ids = prompts.get(i).tokenIds();
            int mismatch = Arrays.mismatch(first, ids);
            boolean[] mask = plan.mask(prompts.get(i));
            held = Math.min(held, mismatch < 0 ? ids.length - 1 : Math.min(mismatch, ids.length - 1));
            for (int t = 0; t < held; t++) {
                held = mask[t] ? t : held;
            }
        }
        return held;
    }

    /**
     * Whether the ablated model still begins with a refusal token. The published code then has a metric that is 0
     * everywhere or compares two refusals, and counts it; the faithful mode does so too.
     */
    private boolean isSkipped(int compliance, AttributionMode mode) {
        return switch (mode) {
            case FAITHFUL -> false;
            case CORRECTED -> IntStream.of(plan.direction().refusalTokens()).anyMatch(token -> token == compliance);
        };
    }
}
