// Which channels the scope shows, and which one the panels speak of.

export function channelPicker(place, view, changed) {
  const select = place.appendChild(document.createElement("select"));
  select.title = "Channels shown ([ and ])";
  place.hidden = true;
  let labels = [];
  let choices = [];

  const choose = (at) => {
    const shown = choices[at];
    view.channels = shown.channels;
    if (!shown.channels.includes(view.channel)) view.channel = shown.channels[0];
    select.selectedIndex = at;
    // Dash's own way for scripts to set a property: the callbacks follow.
    window.dash_clientside.set_props("channel", { data: view.channel });
    changed();
  };

  select.addEventListener("change", () => {
    choose(select.selectedIndex);
    select.blur();
  });

  return {
    // Offer the channels of a stream; true when that changed what is shown.
    offer(found) {
      if (found.join("\n") === labels.join("\n")) return false;
      labels = [...found];
      choices = view.choices(labels);
      place.hidden = labels.length < 2;
      select.replaceChildren(...choices.map((choice) => new Option(choice.name)));
      const before = view.channels.join();
      choose(0);
      return view.channels.join() !== before;
    },
    step(by) {
      if (choices.length > 1) choose((select.selectedIndex + by + choices.length) % choices.length);
    },
  };
}
