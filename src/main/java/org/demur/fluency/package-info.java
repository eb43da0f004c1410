/** How fluent a completion is: likelihood under the unedited model, repetition, script and language. */
package org.demur.fluency;
