/** Training of dictionaries: the step's kernels, the optimisers, and what workers exchange. */
package org.demur.sae.train;
