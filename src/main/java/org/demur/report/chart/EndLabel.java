package org.demur.report.chart;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The name of a line, level with its end. */
record EndLabel(String text, Tone tone, double y) {
    private static final double DISTANCE = 15;

    /** A label with the height that it is drawn at. */
    record Placed(EndLabel label, double y) {}

    /** Labels keep their order and move down where they would overlap, then up as a block from the lower edge. */
    static List<Placed> apart(List<EndLabel> labels, Plane plane) {
        List<EndLabel> sorted =
                labels.stream().sorted(Comparator.comparingDouble(EndLabel::y)).toList();
        double[] places = new double[sorted.size()];
        for (int i = 0; i < places.length; i++) {
            double free = i == 0 ? plane.top() : places[i - 1] + DISTANCE;
            places[i] = Math.max(sorted.get(i).y(), free);
        }
        for (int i = places.length - 1; i >= 0; i--) {
            double limit = i == places.length - 1 ? plane.bottom() : places[i + 1] - DISTANCE;
            places[i] = Math.min(places[i], limit);
        }
        return IntStream.range(0, places.length)
                .mapToObj(i -> new Placed(sorted.get(i), places[i]))
                .toList();
    }

    /** The labels drawn right of the plane. */
    static SvgTag drawn(List<EndLabel> labels, Plane plane) {
        SvgTag group = SvgTag.group("labels");
        for (Placed placed : apart(labels, plane)) {
            EndLabel label = placed.label();
            group.with(SvgTag.label(
                    "end-label " + label.tone().cssClass(),
                    new Point(plane.right() + 8, placed.y() + 4),
                    label.text()));
        }
        return group;
    }
}
