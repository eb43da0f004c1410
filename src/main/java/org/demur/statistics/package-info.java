/** Intervals, tests, corrections and effect sizes as pure functions of numbers. */
package org.demur.statistics;
