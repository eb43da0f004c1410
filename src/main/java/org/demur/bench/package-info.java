/** Benchmarks that print what the documentation claims. */
package org.demur.bench;
