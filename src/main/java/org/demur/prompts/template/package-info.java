/**
 * A fail-closed interpreter for the part of Jinja that chat templates use.
 *
 * <p>It follows the environment in which Hugging Face transformers renders chat templates: Jinja's
 * immutable sandbox with {@code trim_blocks}, {@code lstrip_blocks} and loop controls, plus {@code
 * raise_exception}, {@code strftime_now}, {@code generation} blocks and an unescaped {@code
 * tojson}. What it does not know it refuses with a position; it never guesses. Message contents are
 * values, so template syntax inside them is never evaluated.
 */
package org.demur.prompts.template;
