//! Prints events as they come, or records them: `watch [--record FILE] [--seconds N]`.

use std::{
    fs::File,
    io::BufWriter,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use yagura_event::RecordingWriter;
use yagura_sensor::{Sensor, SensorOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str| args.iter().position(|arg| arg == flag).and_then(|index| args.get(index + 1));
    let seconds: u64 = value("--seconds").map_or(Ok(3600), |text| text.parse())?;
    let sensor = Sensor::start(SensorOptions::default())?;
    let handle = sensor.handle();
    let stop = Arc::new(AtomicBool::new(false));
    let timer = Arc::clone(&stop);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(seconds));
        timer.store(true, Ordering::Release);
    });
    match value("--record") {
        Some(file) => {
            let mut writer = RecordingWriter::new(BufWriter::new(File::create(file)?));
            sensor.run(&stop, |event| {
                if let Err(error) = writer.write(&event) {
                    eprintln!("{error}");
                }
            })?;
            writer.finish()?;
        }
        None => sensor.run(&stop, |event| {
            let fd = event.fd.as_ref().map_or("", |fd| &*fd.name);
            let args: Vec<String> =
                event.args.iter().map(|arg| format!("{}={}", arg.name.name(), arg.value.render())).collect();
            let parent = event.process.parent.get().map_or("", |parent| &*parent.name);
            println!(
                "{} {} {}[{}]<{parent} {} res={} fd={fd} {}",
                event.number,
                event.kind,
                event.process.name,
                event.process.pid,
                event.process.credentials.user.name.as_deref().unwrap_or("?"),
                event.result,
                args.join(" ")
            );
        })?,
    }
    let status = handle.status();
    eprintln!("{} events, {} lost, {} MiB", status.events, status.lost, status.memory_bytes >> 20);
    Ok(())
}
