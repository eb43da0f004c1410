/** What counts as refusing at the first token: next-token distributions, refusal tokens found from data, scores. */
package org.demur.refusal;
