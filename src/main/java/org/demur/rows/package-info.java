/**
 * The data path of training: which rows of the activations are trained on, in which order, and where their vectors come from.
 * Order and rows are a pure function of the tables, the settings and the seed; the heap, a scratch file or the model only
 * differ in what they cost.
 */
package org.demur.rows;
