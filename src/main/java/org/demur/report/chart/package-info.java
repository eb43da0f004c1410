/**
 * Static charts as SVG elements for one HTML page. Every text goes through j2html and is escaped; colours come from the
 * page's style sheet by class, so that a chart follows its light, dark and print forms. No script.
 */
package org.demur.report.chart;
