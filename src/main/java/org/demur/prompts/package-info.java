/** From a prompt's text to the text a model reads, with the class of every part of it. */
package org.demur.prompts;
