package org.demur.report.chart;

/** A place on the canvas in CSS pixels, y downwards. */
record Point(double x, double y) {

    Point moved(double right, double down) {
        return new Point(x + right, y + down);
    }
}
