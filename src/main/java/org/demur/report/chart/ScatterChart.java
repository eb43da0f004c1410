package org.demur.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Points with intervals in both directions, some of them named beside the point.
 *
 * @param line a line behind the points, such as a front or a diagonal; may be empty
 */
public record ScatterChart(ChartText words, Axis x, Axis y, List<Dot> dots, List<Place> line) {
    private static final double WIDTH = 720;
    private static final double HEIGHT = 440;
    private static final double LEFT = 60;
    private static final double TOP = 36;
    private static final double RIGHT_SPACE = 24;
    private static final double LETTER_WIDTH = 6.8;
    private static final double LINE_HEIGHT = 15;

    /** Values on both axes. */
    public record Place(double x, double y) {}

    /** A result; heavy points are drawn larger and above the others. */
    public record Dot(Optional<String> label, Look look, Span x, Span y, String tooltip) {

        /** A value with its interval, whose ends are NaN when there is none. */
        public record Span(double value, double low, double high) {
            boolean isInterval() {
                return Double.isFinite(low) && Double.isFinite(high);
            }
        }

        boolean isHeavy() {
            return look.weight() == Look.Weight.HEAVY;
        }
    }

    private record Box(double left, double top, double right, double bottom) {
        boolean meets(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    /** The chart as an element. */
    public SvgTag svg() {
        Plane plane = new Plane(x, y, LEFT, TOP, WIDTH - LEFT - RIGHT_SPACE, HEIGHT - TOP - 52);
        SvgTag svg = SvgTag.root(words, WIDTH, HEIGHT).with(plane.frame());
        if (line.size() > 1) {
            StringBuilder path = new StringBuilder();
            for (Place place : line) {
                Point point = plane.at(place.x(), place.y());
                path.append(path.isEmpty() ? 'M' : 'L')
                        .append(Numbers.coordinate(point.x()))
                        .append(' ')
                        .append(Numbers.coordinate(point.y()));
            }
            svg.with(SvgTag.group(Tone.BASE.cssClass()).with(SvgTag.path("line light dashed", path.toString())));
        }
        dots.stream().filter(dot -> !dot.isHeavy()).forEach(dot -> svg.with(drawn(dot, plane)));
        dots.stream().filter(Dot::isHeavy).forEach(dot -> svg.with(drawn(dot, plane)));
        return svg.with(labels(plane));
    }

    private static SvgTag drawn(Dot dot, Plane plane) {
        Point centre = plane.at(dot.x().value(), dot.y().value());
        String whisker = dot.isHeavy() ? "whisker" : "whisker thin";
        SvgTag group = SvgTag.group(dot.look().tone().cssClass());
        if (dot.x().isInterval()) {
            group.with(SvgTag.line(
                    whisker,
                    new Point(plane.at(dot.x().low(), 0).x(), centre.y()),
                    new Point(plane.at(dot.x().high(), 0).x(), centre.y())));
        }
        if (dot.y().isInterval()) {
            group.with(SvgTag.line(
                    whisker,
                    new Point(centre.x(), plane.at(0, dot.y().low()).y()),
                    new Point(centre.x(), plane.at(0, dot.y().high()).y())));
        }
        return group.with(dot.look()
                .marker()
                .at(dot.look().dotClass(), centre, dot.isHeavy() ? 6.5 : 4)
                .tooltip(dot.tooltip()));
    }

    /** Each label goes to the first of a few places near its point that no other label covers. */
    private SvgTag labels(Plane plane) {
        SvgTag group = SvgTag.group("labels");
        List<Box> taken = new ArrayList<>();
        for (Dot dot : dots) {
            dot.label().ifPresent(text -> {
                Point centre = plane.at(dot.x().value(), dot.y().value());
                Box box = candidates(centre, LETTER_WIDTH * text.length()).stream()
                        .filter(candidate -> isFree(candidate, taken, plane))
                        .findFirst()
                        .orElseGet(() ->
                                candidates(centre, LETTER_WIDTH * text.length()).get(0));
                taken.add(box);
                group.with(SvgTag.label(
                        "end-label " + dot.look().tone().cssClass(), new Point(box.left(), box.bottom() - 3), text));
            });
        }
        return group;
    }

    private static boolean isFree(Box box, List<Box> taken, Plane plane) {
        return box.left() >= plane.left()
                && box.right() <= plane.right() + RIGHT_SPACE
                && taken.stream().noneMatch(box::meets);
    }

    private static List<Box> candidates(Point centre, double width) {
        List<Box> boxes = new ArrayList<>();
        for (double down : new double[] {-LINE_HEIGHT - 3, 3, -2 * LINE_HEIGHT - 3, LINE_HEIGHT + 3}) {
            double top = centre.y() + down;
            boxes.add(new Box(centre.x() + 10, top, centre.x() + 10 + width, top + LINE_HEIGHT));
            boxes.add(new Box(centre.x() - 10 - width, top, centre.x() - 10, top + LINE_HEIGHT));
        }
        return boxes;
    }
}
