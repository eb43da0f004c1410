/** Dictionaries in the file layouts of the libraries that train and publish them; readers trust nothing in a file. */
package org.demur.sae.format;
