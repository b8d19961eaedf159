// Package historycsv writes a history as CSV, for whoever has to show who changed what:
//
//	id,time,author,kind,subject,article,target,action,what,reverts,batch,before,after
//
// # Decisions
//
// A cell that a spreadsheet would take for a formula stands behind an apostrophe, as in
// overridecsv. Nothing reads these files back: a history only grows by what is done.
package historycsv
