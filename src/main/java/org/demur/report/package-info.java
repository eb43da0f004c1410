/** One self-contained HTML file that says what a study found, with the SQL behind every number in it. */
package org.demur.report;
