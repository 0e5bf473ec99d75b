//! What the operating system says of the application's processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// All descendants of a process, itself included.
pub fn tree(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Some(parent) = parent_of(pid) {
            parents.push((pid, parent));
        }
    }
    let mut found = vec![root];
    let mut index = 0;
    while index < found.len() {
        let current = found[index];
        found.extend(parents.iter().filter(|(_, parent)| *parent == current).map(|(pid, _)| *pid));
        index += 1;
    }
    found
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The first descendant that runs this program.
pub fn find(root: u32, program: &Path) -> Option<u32> {
    let program = program.canonicalize().ok()?;
    tree(root)
        .into_iter()
        .find(|pid| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program))
}

/// The first descendant whose program has this file name.
pub fn named(root: u32, program: &str) -> Option<u32> {
    tree(root).into_iter().find(|pid| {
        fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe.ends_with(program))
    })
}

/// Ends a process at once. One that has ended by itself is no error.
pub fn kill(pid: u32) {
    // The shell's own: a container may have no program of that name.
    let status = Command::new("sh")
        .args(["-c", &format!("kill -KILL {pid}")])
        .stderr(Stdio::null())
        .status()
        .expect("running sh to end a process");
    assert!(status.success() || !is_running(pid), "process {pid} cannot be ended");
}

/// Whether any thread of a process is left. A process that is ending looks like a zombie while its
/// other threads still hold its files.
pub fn is_running(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    let zombie = fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim().starts_with('Z'))
    });
    threads > 1 || (threads == 1 && !zombie)
}

/// Proportional set size of a process tree, in KiB.
pub fn memory(root: u32) -> u64 {
    tree(root)
        .into_iter()
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok())
        .filter_map(|rollup| {
            let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .sum()
}

/// When a process started, in milliseconds since the Unix epoch; exact to a hundredth of a second.
pub fn started_at(pid: u32) -> f64 {
    let field =
        |text: &str| text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
    let uptime =
        fs::read_to_string("/proc/uptime").ok().as_deref().and_then(field).expect("uptime");
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    let ticks: f64 = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().nth(19)?.parse().ok())
        .expect("a start time");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock")
        .as_secs_f64();
    (now - uptime + ticks / 100.0) * 1000.0
}

/// Processor time used by a process tree so far.
pub fn cpu_time(root: u32) -> Duration {
    cpu_times(root).into_values().sum()
}

/// The same for the programs of the tree, by their names. Threads that have ended count.
pub fn cpu_times(root: u32) -> BTreeMap<String, Duration> {
    let mut times = BTreeMap::new();
    for pid in tree(root) {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let Some((program, rest)) = stat.rsplit_once(')') else { continue };
        let program = program.split_once('(').map_or(program, |(_, name)| name);
        // In hundredths of a second, its own and the system's for it.
        let ticks: u64 = rest
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        *times.entry(program.to_owned()).or_default() += Duration::from_millis(ticks * 10);
    }
    times
}

/// Remote addresses of all TCP connections of a process tree, as `address:port`.
pub fn remote_addresses(root: u32) -> BTreeSet<String> {
    let mut inodes = BTreeSet::new();
    for pid in tree(root) {
        for entry in fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
            if let Ok(target) = fs::read_link(entry.path())
                && let Some(inode) = target.to_str().and_then(|t| t.strip_prefix("socket:["))
            {
                inodes.insert(inode.trim_end_matches(']').to_owned());
            }
        }
    }
    let mut addresses = BTreeSet::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"] {
        let Ok(text) = fs::read_to_string(table) else { continue };
        for line in text.lines().skip(1) {
            let fields: Vec<_> = line.split_whitespace().collect();
            if fields.len() > 9 && inodes.contains(fields[9]) && !fields[2].ends_with(":0000") {
                addresses.insert(readable(fields[2]));
            }
        }
    }
    addresses
}

/// `0100007F:1F90` is `127.0.0.1:8080`; IPv6 stays as the kernel prints it.
fn readable(address: &str) -> String {
    let Some((host, port)) = address.split_once(':') else { return address.to_owned() };
    let port = u16::from_str_radix(port, 16).unwrap_or(0);
    match u32::from_str_radix(host, 16) {
        Ok(v4) if host.len() == 8 => {
            format!("{}:{port}", std::net::Ipv4Addr::from(v4.swap_bytes()))
        }
        _ => format!("[{host}]:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::Command};

    #[test]
    fn a_process_is_ended_and_may_have_ended_before() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep");
        super::kill(child.id());
        assert_eq!(child.wait().expect("an ended process").signal(), Some(9));
        super::kill(child.id());
    }

    #[test]
    fn kernel_addresses_become_readable() {
        assert_eq!(super::readable("0100007F:1F90"), "127.0.0.1:8080");
    }
}
