package org.demur.statistics;

/** A closed confidence interval, {@code low <= high}. */
public record Interval(double low, double high) {}
