/** Finds the refusal direction: differences in means, scored on validation prompts (Arditi et al. 2024). */
package org.demur.direction;
