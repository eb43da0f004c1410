package org.demur.report.chart;

/**
 * The words that stand for a chart where it is not seen.
 *
 * @param id unique in the page, letters, digits and hyphens
 * @param title what is plotted
 * @param description what the plot shows, in a sentence or two
 */
public record ChartText(String id, String title, String description) {
    public ChartText {
        if (!id.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException("Not an element id: " + id);
        }
    }
}
