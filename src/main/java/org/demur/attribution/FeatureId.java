package org.demur.attribution;

import java.io.Serializable;

/** A feature of one of several SAEs. */
record FeatureId(int layer, int feature) implements Serializable {}
