package org.demur.evaluation;

import java.io.Serializable;

/**
 * An activation row chosen for measurement.
 *
 * @param order hash of its key, by which rows are sorted
 * @param heldOut whether its prompt was kept out of training
 * @param vector stored bytes
 * @param dtype how they are stored
 */
record SampledRow(long order, boolean heldOut, byte[] vector, String dtype) implements Serializable {}
