/** The evaluate stage: reconstruction and cross-entropy of the trained dictionaries. */
package org.demur.evaluation;
