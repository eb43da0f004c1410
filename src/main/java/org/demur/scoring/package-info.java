/** Verdicts on completions, their statistics, and the cross-entropy that an intervention costs on harmless text. */
package org.demur.scoring;
