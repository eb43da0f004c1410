/** Attributes refusal to SAE features by linear integrated gradients over the residual stream (Yeo et al. 2025). */
package org.demur.attribution;
