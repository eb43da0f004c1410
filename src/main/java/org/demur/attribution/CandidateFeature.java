package org.demur.attribution;

import java.io.Serializable;

/**
 * A feature that attribution scores.
 *
 * @param layer layer of its SAE
 * @param feature index in the SAE
 * @param cosine cosine of its decoder row with the refusal direction
 */
record CandidateFeature(int layer, int feature, double cosine) implements Serializable {}
