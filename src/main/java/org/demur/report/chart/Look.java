package org.demur.report.chart;

import org.demur.report.chart.LineChart.Stroke;

/** How a series of a {@link StepChart} or a group of points of a {@link ScatterChart} is drawn. */
public record Look(Tone tone, Stroke stroke, Marker marker, Weight weight) {

    /** What stands out and what stays behind. */
    public enum Weight {
        /** The series that the chart is about. */
        HEAVY,
        /** One of many to compare with. */
        LIGHT,
        /** A control: its interval as an area behind the others. */
        BAND
    }

    String dotClass() {
        return stroke == Stroke.SOLID ? "dot" : "dot open";
    }

    String lineClass() {
        String weighted = weight == Weight.HEAVY ? "line heavy" : "line light";
        return switch (stroke) {
            case SOLID -> weighted;
            case DASHED -> weighted + " dashed";
            case DOTTED -> weighted + " dotted";
        };
    }
}
