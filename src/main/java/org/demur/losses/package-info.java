/** What a model loses on given texts: next-token losses and divergences, for every stage that measures them. */
package org.demur.losses;
