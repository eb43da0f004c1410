package org.demur.report;

import org.demur.report.chart.LineChart.Stroke;
import org.demur.report.chart.Look;
import org.demur.report.chart.Look.Weight;
import org.demur.report.chart.Marker;
import org.demur.report.chart.Tone;

/**
 * A ranking of features, and how it is shown: the same word, colour and shape in every chart.
 *
 * @param id of its feature set, random sets without their number; or its method, with {@code _faithful} for that mode
 */
record RankingName(String id) {
    private static final String FAITHFUL = "_faithful";
    private static final String PER_PROMPT = "_prompt";

    /** The ranking of a row of {@code ranking_agreement}. */
    static RankingName of(String method, String mode) {
        String base = method.equals("la_ig") ? "fstar" : method;
        return new RankingName(mode.equals("faithful") ? base + FAITHFUL : base);
    }

    boolean isRandom() {
        return id.startsWith("random");
    }

    /** The ranking itself, whichever mode or scope. */
    String base() {
        return id.replace(FAITHFUL, "").replace(PER_PROMPT, "");
    }

    String label() {
        String suffix = id.endsWith(FAITHFUL) ? " faithful" : id.endsWith(PER_PROMPT) ? " of each prompt" : "";
        return word() + suffix;
    }

    private String word() {
        return switch (base()) {
            case "fstar" -> "F*";
            case "cs" -> "CS";
            case "actdiff" -> "ActDiff";
            case "ap" -> "AP";
            case "grad_act" -> "Gradient × act.";
            case "ig" -> "IG per layer";
            case "exact" -> "Exact";
            case "greedy" -> "Greedy";
            case "probe" -> "Probe";
            case "direction_ablation" -> "Direction removed";
            case "random_layer" -> "random, by layer";
            case "random_density" -> "random, by density";
            default -> base().replace('_', ' ');
        };
    }

    Tone tone() {
        return switch (base()) {
            case "fstar" -> Tone.FEATURES;
            case "cs" -> Tone.SKY;
            case "actdiff" -> Tone.PURPLE;
            case "ap" -> Tone.RANDOM;
            case "grad_act" -> Tone.YELLOW;
            case "ig" -> Tone.ORANGE;
            case "exact", "greedy" -> Tone.INK;
            case "probe", "direction_ablation" -> Tone.DIRECTION;
            default -> isRandom() ? Tone.BASE : Tone.PURPLE;
        };
    }

    /** The look of its line, heavy for the set that the report is about. */
    Look look(String featureSet) {
        if (isRandom()) {
            return new Look(Tone.BASE, Stroke.SOLID, Marker.CIRCLE, Weight.BAND);
        }
        Stroke stroke = id.endsWith(FAITHFUL) ? Stroke.DASHED : id.endsWith(PER_PROMPT) ? Stroke.DOTTED : Stroke.SOLID;
        return new Look(tone(), stroke, marker(), id.equals(featureSet) ? Weight.HEAVY : Weight.LIGHT);
    }

    private Marker marker() {
        return switch (base()) {
            case "cs", "grad_act", "probe" -> Marker.SQUARE;
            case "actdiff", "ig" -> Marker.TRIANGLE;
            case "ap", "greedy" -> Marker.DIAMOND;
            default -> Marker.CIRCLE;
        };
    }

    /** How a sentence names it. */
    String inSentence() {
        return switch (base()) {
            case "direction_ablation" -> "removing the direction";
            case "random" -> "random features";
            case "random_layer" -> "random features of the same layers";
            case "random_density" -> "random features of the same density";
            default -> label();
        };
    }
}
