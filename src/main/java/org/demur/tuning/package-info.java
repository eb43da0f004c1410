/** Chooses coefficients and set sizes on prompts of their own, by effect against capability loss. */
package org.demur.tuning;
