/**
 * Judges of completions: phrase lists, the first token's refusal score, classifier models, HTTP endpoints and people.
 * Every judge answers one yes-or-no question on a (prompt, completion) pair; equal pairs are judged once.
 */
package org.demur.judge;
