/** The train stage: dictionaries of extracted activations, trained by the workers of a barrier stage. */
package org.demur.training;
