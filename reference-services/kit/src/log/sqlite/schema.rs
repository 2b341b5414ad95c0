//! The tables of the log.

pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS records (
        topic TEXT NOT NULL, part INTEGER NOT NULL, off INTEGER NOT NULL,
        key TEXT NOT NULL, value BLOB NOT NULL, headers TEXT NOT NULL,
        PRIMARY KEY (topic, part, off)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS members (
        grp TEXT NOT NULL, topic TEXT NOT NULL, member TEXT NOT NULL, beat INTEGER NOT NULL,
        PRIMARY KEY (grp, topic, member)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS leases (
        grp TEXT NOT NULL, topic TEXT NOT NULL, part INTEGER NOT NULL,
        member TEXT, generation INTEGER NOT NULL, committed INTEGER NOT NULL,
        PRIMARY KEY (grp, topic, part)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS seen (
        grp TEXT NOT NULL, topic TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (grp, topic)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS epochs (
        grp TEXT NOT NULL, topic TEXT NOT NULL, epoch INTEGER NOT NULL,
        PRIMARY KEY (grp, topic)) WITHOUT ROWID;";
