package org.demur.report.chart;

/** The shape of a point: tells series apart where colours alone would not. */
public enum Marker {
    CIRCLE,
    SQUARE,
    TRIANGLE,
    DIAMOND;

    /** The shape around a point, {@code radius} from it to its edges. */
    SvgTag at(String classes, Point centre, double radius) {
        return switch (this) {
            case CIRCLE -> SvgTag.circle(classes, centre, radius);
            case SQUARE -> {
                double half = 0.88 * radius;
                yield SvgTag.rectangle(classes, centre.moved(-half, -half), 2 * half, 2 * half);
            }
            case TRIANGLE -> {
                double side = 1.1 * radius;
                yield polygon(
                        classes,
                        centre.moved(0, -1.2 * radius),
                        centre.moved(side, 0.8 * radius),
                        centre.moved(-side, 0.8 * radius));
            }
            case DIAMOND -> {
                double reach = 1.3 * radius;
                yield polygon(
                        classes,
                        centre.moved(0, -reach),
                        centre.moved(reach, 0),
                        centre.moved(0, reach),
                        centre.moved(-reach, 0));
            }
        };
    }

    private static SvgTag polygon(String classes, Point... corners) {
        StringBuilder path = new StringBuilder();
        for (Point corner : corners) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Numbers.coordinate(corner.x()))
                    .append(' ')
                    .append(Numbers.coordinate(corner.y()));
        }
        return SvgTag.path(classes, path.append('Z').toString());
    }
}
