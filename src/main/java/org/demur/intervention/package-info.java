/** Sweeps a grid of interventions over prompt sets and stores what the model answers. */
package org.demur.intervention;
