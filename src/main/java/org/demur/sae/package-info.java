/** Sparse autoencoders: the mathematics of training steps and the published weights, on plain arrays and files. */
package org.demur.sae;
