/** What interventions cost: arithmetic, knowledge, prediction of fixed documents, and refusals where none is due. */
package org.demur.capability;
