package org.demur.model;

/**
 * Where a canonical tensor is found.
 *
 * @param name in the file
 * @param order of its rows in the file
 */
record StoredTensor(String name, TensorRule.RowOrder order) {}
