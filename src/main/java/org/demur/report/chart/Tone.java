package org.demur.report.chart;

/** The hue of a mark, resolved by the style sheet (Okabe and Ito's palette, told apart by all common colour visions). */
public enum Tone {
    /** The model as it is: neutral grey. */
    BASE,
    /** Interventions on the refusal direction: blue. */
    DIRECTION,
    /** Interventions on the attributed features: vermilion. */
    FEATURES,
    /** Interventions on random features: green. */
    RANDOM,
    ORANGE,
    SKY,
    PURPLE,
    YELLOW,
    /** The colour of the text, for what is measured instead of predicted. */
    INK;

    private static final Tone[] SERIES = {DIRECTION, FEATURES, RANDOM, ORANGE, SKY, PURPLE, YELLOW};

    /** The tone of the i-th of several lines that have no meaning of their own; repeats after seven. */
    public static Tone series(int index) {
        return SERIES[index % SERIES.length];
    }

    String cssClass() {
        return "tone-" + name().toLowerCase(java.util.Locale.ROOT);
    }
}
